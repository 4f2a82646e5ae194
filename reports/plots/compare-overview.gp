# Each workload on each system: a bar to the median, and in the same light colour on to the 99th percentile; the figures behind it. From
# overview.tsv.
file = 'overview.tsv'
set datafile separator tab
stats file skip 1 using 1 nooutput
rows = STATS_max
bars = count
pitch = 15.0 # of a bar, in pixels
gap = 10.0   # between workloads
width = 860
height = 104 + rows * (bars * pitch + gap) + 56
heading = language eq 'de' ? 'Wie lange es dauert' : 'How long it takes'
subheading = language eq 'de' ? 'Dunkel bis zum Median, hell bis zum 99. Perzentil' : 'Dark to the median, light to the 99th percentile'
load plots.'/style.gp'
set datafile separator tab
stats file skip 1 using 9 nooutput
high = STATS_max
stats file skip 1 using 6 nooutput
low = 10**floor(log10(STATS_min < 0.001 ? 0.001 : STATS_min))
set lmargin at screen 180.0 / width
set rmargin at screen 1 - 96.0 / width
set bmargin at screen 56.0 / height
# Upwards in pixels from the top row.
y(row, system) = (row - 1) * (bars * pitch + gap) + (system - 0.5) * pitch
set yrange [rows * (bars * pitch + gap) - gap / 2:-gap / 2]
set logscale x 10
set xrange [low:high * 1.02]
set xtics ('' 1e-9)
do for [e = -4:5] {
    do for [m in '1 2 5'] { set xtics add (point(sprintf('%g', m * 10.0**e)) m * 10.0**e) }
}
set xlabel milliseconds
unset ytics
set border 1
set grid noytics front
set grid layerdefault
set style fill solid 1 noborder
title = german ? 5 : 4
half = pitch * 0.42
of(s) = column(2) == s ? y($1, s) : NaN
plot for [s=1:bars] file skip 1 using (low):(of(s)):(low):9:(y($1, s) - half):(y($1, s) + half) with boxxyerror lc rgb light[s] notitle, \
     for [s=1:bars] file skip 1 using (low):(of(s)):(low):6:(y($1, s) - half):(y($1, s) + half) with boxxyerror lc rgb colour[s] title value('label_'.s), \
     for [s=1:bars] file skip 1 using 9:(of(s)):(short($6).'  –  '.short($9)) with labels left offset 0.7,0 font ',9' textcolor rgb '#333333' notitle, \
     file skip 1 using (low):(column(2) == 1 ? y($1, 0.5 + bars / 2.0) : NaN):(stringcolumn(title)) with labels right offset -1,0 noenhanced textcolor rgb '#222222' notitle
