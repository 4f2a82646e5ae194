# Latency over throughput: lines through the stages that were kept, hollow points for those that were not; between the last of the one and
# the first of the other is the knee. From stages.csv. `bound` is what the 99th percentile may take, ms; `unit` says what was done.
legend_rows = 2
load plots.'/style.gp'
file = 'stages.csv'
limit = bound + 0
set logscale y 10
set xrange [0:*]
set ylabel milliseconds
set xlabel unit.(german ? ' je Sekunde' : ' a second')
kept(v) = column(3) == 1 ? v : 1/0
missed(v) = column(3) == 0 ? v : 1/0
plot limit with lines lc rgb '#888888' lw 1.2 dt 3 title (german ? 'Schranke' : 'bound'), \
     file skip 1 using (kept($4)):(kept($9/1e6)) smooth unique with linespoints ls 2 pi 1 pt 7 ps 0.7 title (german ? '99. Perzentil' : '99th percentile'), \
     '' skip 1 using (kept($4)):(kept($8/1e6)) smooth unique with linespoints ls 3 pi 1 pt 7 ps 0.7 title (german ? '90. Perzentil' : '90th percentile'), \
     '' skip 1 using (kept($4)):(kept($7/1e6)) smooth unique with linespoints ls 1 pi 1 pt 7 ps 0.7 title (german ? 'Median' : 'median'), \
     '' skip 1 using 4:(missed($9/1e6)) with points pt 6 ps 1.1 lw 1.6 lc rgb colour[2] title (german ? 'nicht gehalten' : 'not kept'), \
     '' skip 1 using 4:(missed($8/1e6)) with points pt 6 ps 1.1 lw 1.6 lc rgb colour[3] notitle, \
     '' skip 1 using 4:(missed($7/1e6)) with points pt 6 ps 1.1 lw 1.6 lc rgb colour[1] notitle
