# Milliseconds upwards from `low` to `high`, as the logarithm: what is twice as long is everywhere as much higher.
set logscale y 10
set yrange [low / 1.25:high * 1.25]
set ytics ('' 1e-9)
do for [e = -4:5] {
    do for [m in '1 2 5'] { set ytics add (point(sprintf('%g', m * 10.0**e)) m * 10.0**e) }
}
set ylabel milliseconds
