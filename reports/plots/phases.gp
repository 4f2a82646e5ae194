# What each phase of connecting took, stacked, a column for each connection in the order in which they were made; at most some 200 are
# drawn, evenly chosen. From NAME.requests.csv: the phases are the series after the first.
load plots.'/style.gp'
file = name.'.requests.csv'
stats file skip 1 using 2 nooutput
every_nth = int(STATS_records / 200) + 1
set yrange [0:*]
set ylabel milliseconds
set xlabel (german ? 'Verbindungen, der Reihe nach' : 'connections, one after the other')
unset xtics
set style data histograms
set style histogram rowstacked
set style fill solid 1 noborder
set boxwidth 1
plot for [i=2:words(series)] file skip 1 every every_nth using (column(3) == 0 ? column(5 + i)/1e6 : 1/0) lc rgb phase[i - 1] title word(series, i)
