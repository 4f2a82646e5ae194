# How a latency is distributed on each system. From NAME-SYSTEM.hgrm; `systems` are their numbers, `heading` says what was measured.
load plots.'/style.gp'
low = 1e9
high = 0
do for [s in systems] {
    stats name.'-'.s.'.hgrm' skip 2 using 1 nooutput
    low = STATS_min < low ? STATS_min : low
    high = STATS_max > high ? STATS_max : high
}
low = low < 0.001 ? 0.001 : low
load plots.'/percentiles.gp'
plot for [i=1:words(systems)] name.'-'.word(systems, i).'.hgrm' skip 2 using 4:($1 < low ? low : $1) with linespoints ls word(systems, i) + 0 lw 2.4 title value('label_'.word(systems, i))
