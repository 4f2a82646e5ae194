# What connecting consists of: its phases stacked, at three percentiles. From connecting.csv, whose first row is the whole.
load plots.'/style.gp'
file = 'connecting.csv'
set yrange [0:*]
set ylabel milliseconds
set style data histograms
set style histogram rowstacked
set style fill solid 1 noborder
set boxwidth 0.6
phases = 'resolve tcp tls sasl bind session'
array value[18]
array name[3] = [german ? 'Median' : 'median', german ? '90. Perzentil' : '90th percentile', german ? '99. Perzentil' : '99th percentile']
do for [i=1:6] {
	do for [k=1:3] {
		stats file skip 1 + i every ::0::0 using (column(2 + k)) nooutput
		value[(i - 1) * 3 + k] = STATS_max / 1e6
	}
}
set xrange [-0.6:2.6]
plot for [i=1:6] '+' using (value[(i - 1) * 3 + int($0) + 1]):xtic(name[int($0) + 1]) every ::0::2 lc rgb phase[i] title word(phases, i)
