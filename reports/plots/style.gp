# How all plots look. Variables come from the command line (harness/report/gnuplot.c): `format`, svg or png; `out`, where the picture goes;
# `language`; `plots`, this folder; and what a script wants. A script may set `width`, `height`, `heading`, `subheading` and `legend_rows`
# before it loads this. Data lie in the current folder. Colours are told apart with each kind of colour blindness, and lines by their points
# too.
if (!exists('width')) width = 760
if (!exists('height')) height = 420
if (!exists('heading')) heading = ''
if (!exists('subheading')) subheading = ''
if (!exists('legend_rows')) legend_rows = 1
if (format eq 'png') {
    # Of twice as many points, for screens that have them.
    set terminal pngcairo size 2 * width, 2 * height enhanced background rgb '#ffffff' font 'DejaVu Sans,9.5' fontscale 2 linewidth 2 pointscale 2
} else {
    set terminal svg size width, height dynamic enhanced background rgb '#ffffff' font 'DejaVu Sans,sans-serif,13'
}
set output out
set encoding utf8
set datafile separator ','
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#333333'
set xlabel textcolor rgb '#333333'
set ylabel textcolor rgb '#333333'
set y2label textcolor rgb '#333333'
set grid lc rgb '#e4e4e4' lw 1 lt 1

# What it is on top, then the legend, outside of the data.
top(pixels) = 1 - pixels / (1.0 * height)
set label 1 heading at screen 12.0 / width, screen top(20) left font ',15' textcolor rgb '#111111' noenhanced
set label 2 subheading at screen 12.0 / width, screen top(44) left textcolor rgb '#555555' noenhanced
legend = 10 + (heading eq '' ? 0 : 30) + (subheading eq '' ? 0 : 20)
set key at screen 4.0 / width, screen top(legend) left top horizontal Left reverse samplen 2 width 1 textcolor rgb '#222222' noenhanced
set tmargin at screen top(legend + 14 + 20 * legend_rows)
set rmargin at screen 1 - 24.0 / width

# A colour for each system, or series.
array colour[8] = ['#0072b2', '#d55e00', '#00805c', '#aa4499', '#8a6d00', '#56b4e9', '#882255', '#555555']
# The same, light: above a median, and above a 90th percentile. Opaque, so that they look alike in every format.
array light[8] = ['#8fc1de', '#f0b48c', '#8ccbb8', '#d9acd0', '#d3c487', '#bfe1f5', '#c99db5', '#bbbbbb']
array lighter[8] = ['#d3e6f2', '#fae0cf', '#cfe9e1', '#f0dcec', '#eee7cc', '#e4f3fb', '#e8d6df', '#e4e4e4']
do for [i = 1:8] { set style line i lc rgb colour[i] lw 2 pt (i % 2 ? 7 : 5) ps 0.5 pi 3 }
# Of a connection, one after the other.
array phase[8] = ['#999999', '#56b4e9', '#0072b2', '#e69f00', '#00805c', '#cc79a7', '#d55e00', '#555555']
array on_phase[8] = ['#000000', '#000000', '#ffffff', '#000000', '#ffffff', '#000000', '#ffffff', '#ffffff']

german = language eq 'de'
milliseconds = german ? 'Millisekunden' : 'milliseconds'
percentile = german ? 'Perzentil' : 'percentile'
point(text) = german && strstrt(text, '.') ? text[1:strstrt(text, '.') - 1].','.text[strstrt(text, '.') + 1:*] : text
# Three digits, as a person writes them.
short(x) = point(x < 0.995 ? sprintf('%.2f', x) : x < 9.95 ? sprintf('%.1f', x) : sprintf('%.0f', x))
