# Latency second by second, stage after stage, with bands between percentiles, and the rate that was asked for as steps. From seconds.csv.
legend_rows = 2
load plots.'/style.gp'
file = 'seconds.csv'
set logscale y 10
set ylabel milliseconds
set xlabel (german ? 'Sekunden der Stufen' : 'seconds of the stages')
set y2label unit.(german ? ' je Sekunde, verlangt' : ' a second, asked for')
set y2tics nomirror textcolor rgb '#333333'
set y2range [0:*]
set border 11 lc rgb '#666666'
set rmargin at screen 1 - 70.0 / width
set style fill solid 1 noborder
plot file skip 1 using 0:($6/1e6):($7/1e6) with filledcurves lc rgb lighter[1] title (german ? '90. bis 99. Perzentil' : '90th to 99th percentile'), \
     '' skip 1 using 0:($5/1e6):($6/1e6) with filledcurves lc rgb light[1] title (german ? '50. bis 90. Perzentil' : '50th to 90th percentile'), \
     '' skip 1 using 0:($5/1e6) with lines lc rgb colour[1] lw 2 title (german ? 'Median' : 'median'), \
     '' skip 1 using 0:2 axes x1y2 with steps lc rgb '#555555' lw 1.4 title (german ? 'Rate' : 'rate')
