# How a latency is distributed: its value over the percentile, the rare ones drawn out. From NAME-SERIES.hgrm.
load plots.'/style.gp'
set datafile separator whitespace
set logscale x 10
set xrange [1:*]
set xtics ('0 %%' 1, '50 %%' 2, '90 %%' 10, '99 %%' 100, '99.9 %%' 1000, '99.99 %%' 10000, '99.999 %%' 100000, '99.9999 %%' 1000000)
set yrange [0:*]
set ylabel milliseconds
set xlabel (german ? 'Perzentil' : 'percentile')
plot for [i=1:words(series)] name.'-'.word(series, i).'.hgrm' skip 2 using 4:1 with lines ls i title word(series, i)
