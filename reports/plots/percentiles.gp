# The axes of a distribution: 1/(1 - percentile) to the right, as the logarithm, and the latency upwards from `low` to `high`.
set datafile separator whitespace
set logscale x 10
set xrange [1:*] noextend
set xtics ('0' 1, '50' 2, '90' 10, '99' 100, point('99.9') 1000, point('99.99') 10000, point('99.999') 100000)
set xlabel percentile
load plots.'/logarithm.gp'
