# A latency over the time of measuring, second by second: from the median to the 99th percentile a band, the greatest as points.
# From NAME-SERIES.intervals.csv of the first series; repetitions follow each other.
load plots.'/style.gp'
file = name.'-'.word(series, 1).'.intervals.csv'
stats file skip 1 using 2 nooutput
span = STATS_max + 1
second(r, s) = (r - 1) * span + s
set yrange [0:*]
set ylabel milliseconds
set xlabel (german ? 'Sekunden' : 'seconds')
set style fill solid 0.25 noborder
plot file skip 1 using (second($1, $2)):($4/1e6):($6/1e6) with filledcurves lc rgb '#1f5fa8' title (german ? '50. bis 99. Perzentil' : '50th to 99th percentile'), \
     '' skip 1 using (second($1, $2)):($4/1e6) with lines ls 1 title (german ? 'Median' : 'median'), \
     '' skip 1 using (second($1, $2)):($7/1e6) with points pt 7 ps 0.4 lc rgb '#c2571a' title (german ? 'größter' : 'greatest')
