# A latency over the time of measuring, second by second: bands from the median to the 90th and from there to the 99th percentile, the
# greatest as points. From NAME-SERIES.intervals.csv of the first series; repetitions follow each other, with a gap.
legend_rows = 2
load plots.'/style.gp'
file = name.'-'.word(series, 1).'.intervals.csv'
stats file skip 1 using ($4 / 1e6) nooutput
low = STATS_min < 0.001 ? 0.001 : STATS_min
stats file skip 1 using ($7 / 1e6) nooutput
high = STATS_max
stats file skip 1 using 2 nooutput
span = STATS_max + 2
stats file skip 1 using 1 nooutput
turns = STATS_max
load plots.'/logarithm.gp'
second(r, s) = (r - 1) * span + s
of(r, turn, value) = r == turn ? (value / 1e6 < low ? low : value / 1e6) : NaN
set xrange [-0.5:turns * span - 1.5]
set xlabel (german ? 'Sekunden' : 'seconds')
set style fill solid 1 noborder
plot for [r=1:turns] file skip 1 using (second($1, $2)):(of(r, $1, $5)):(of(r, $1, $6)) with filledcurves lc rgb lighter[1] title (r > 1 ? '' : german ? '90. bis 99. Perzentil' : '90th to 99th percentile'), \
     for [r=1:turns] '' skip 1 using (second($1, $2)):(of(r, $1, $4)):(of(r, $1, $5)) with filledcurves lc rgb light[1] title (r > 1 ? '' : german ? '50. bis 90. Perzentil' : '50th to 90th percentile'), \
     for [r=1:turns] '' skip 1 using (second($1, $2)):(of(r, $1, $4)) with lines lc rgb colour[1] lw 2 title (r > 1 ? '' : german ? 'Median' : 'median'), \
     '' skip 1 using (second($1, $2)):($7/1e6) with points pt 7 ps 0.4 lc rgb '#444444' title (german ? 'größter Wert' : 'greatest')
