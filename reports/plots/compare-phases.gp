# What the phases of connecting took on average, a bar for each system. From NAME.phases.csv; `phases` are their names.
rows = words(systems)
height = 130 + 56 * rows
load plots.'/style.gp'
file = name.'.phases.csv'
set ytics ('' 0.4) scale 0
do for [i=1:rows] { set ytics add (value('label_'.word(systems, i)) i) }
set ytics noenhanced
set xlabel milliseconds.(german ? ', im Mittel' : ', on average')
set grid noytics
set style fill solid 1 border rgb '#ffffff'
row(s) = sum [i=1:rows] (word(systems, i) + 0 == s ? i : 0)
before(n) = sum [k=2:n] column(k)
all(n) = before(words(phases) + 1)
longest = 0
do for [i=1:rows] {
    stats file skip 1 using (row($1) == i ? before(words(phases) + 1) : NaN) nooutput
    longest = STATS_max > longest ? STATS_max : longest
}
set xrange [0:longest * 1.09]
set yrange [rows + 0.6:0.4]
plot for [k=1:words(phases)] file skip 1 using (0):(row($1)):(before(k)):(before(k) + column(k + 1)):(row($1) - 0.32):(row($1) + 0.32) with boxxyerror lc rgb phase[k] title word(phases, k), \
     for [k=1:words(phases)] '' skip 1 using (before(k) + column(k + 1) / 2):(row($1)):(column(k + 1) > longest * 0.045 ? short(column(k + 1)) : '') with labels textcolor rgb on_phase[k] notitle, \
     '' skip 1 using (before(words(phases) + 1)):(row($1)):(short(before(words(phases) + 1))) with labels left offset 0.6,0 textcolor rgb '#222222' notitle
