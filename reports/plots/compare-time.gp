# A latency over the time of measuring on each system, a panel each, with the same scale: bands as in time.gp. From NAME-SYSTEM.seconds.csv,
# where repetitions are parted by an empty line.
panels = words(systems)
height = 126 + 180 * panels
load plots.'/style.gp'
low = 1e9
high = 0
last = 1
do for [s in systems] {
    file = name.'-'.s.'.seconds.csv'
    stats file skip 1 using 2 nooutput
    low = STATS_min < low ? STATS_min : low
    stats file skip 1 using 5 nooutput
    high = STATS_max > high ? STATS_max : high
    stats file skip 1 using 1 nooutput
    last = STATS_max > last ? STATS_max : last
}
low = low < 0.001 ? 0.001 : low
load plots.'/logarithm.gp'
at_least(x) = x < low ? low : x
set xrange [-0.5:last + 0.5]
set style fill solid 1 noborder
set multiplot
set lmargin at screen 70.0 / width
do for [i=1:panels] {
    s = word(systems, i) + 0
    file = name.'-'.s.'.seconds.csv'
    if (i > 1) { unset label 1; unset label 2 }
    set tmargin at screen top(116 + (i - 1) * 180)
    set bmargin at screen top(116 + (i - 1) * 180 + 136)
    set label 3 value('label_'.s) at graph 0, graph 1.1 left textcolor rgb colour[s] noenhanced
    if (i == panels) { set xlabel (german ? 'Sekunden' : 'seconds') textcolor rgb '#333333' }
    if (i == 1) { set key } else { unset key }
    plot file skip 1 using 1:(at_least($3)):(at_least($4)) with filledcurves lc rgb lighter[s] title (german ? '90. bis 99. Perzentil' : '90th to 99th percentile'), \
         '' skip 1 using 1:(at_least($2)):(at_least($3)) with filledcurves lc rgb light[s] title (german ? '50. bis 90. Perzentil' : '50th to 90th percentile'), \
         '' skip 1 using 1:(at_least($2)) with lines lc rgb colour[s] lw 2 title (german ? 'Median' : 'median'), \
         '' skip 1 using 1:5 with points pt 7 ps 0.35 lc rgb '#444444' title (german ? 'größter Wert' : 'greatest')
}
unset multiplot
