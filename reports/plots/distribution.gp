# How a latency is distributed: its value over the percentile, the rare ones drawn out. From NAME-SERIES.hgrm. `name` is the workload, and
# `series` are its series, parted by blanks.
load plots.'/style.gp'
low = 1e9
high = 0
do for [s in series] {
    stats name.'-'.s.'.hgrm' skip 2 using 1 nooutput
    low = STATS_min < low ? STATS_min : low
    high = STATS_max > high ? STATS_max : high
}
low = low < 0.001 ? 0.001 : low
load plots.'/percentiles.gp'
plot for [i=1:words(series)] name.'-'.word(series, i).'.hgrm' skip 2 using 4:($1 < low ? low : $1) with linespoints ls i title word(series, i)
