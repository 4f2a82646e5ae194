# What all plots share. Variables come from the command line (harness/report/gnuplot.c): `format`, svg or png; `out`, where the picture
# goes; `language`; and, of latencies, `name`, the workload, and `series`, its series, parted by blanks. Raw data lie in the current
# folder.
if (format eq 'png') {
	set terminal pngcairo size 1140,630 enhanced background rgb 'white' font 'sans-serif,13' fontscale 1.2 linewidth 1.4
} else {
	set terminal svg size 760,420 dynamic enhanced background rgb 'white' font 'sans-serif,13'
}
set encoding utf8
set output out
set datafile separator ','
set border 3 lc rgb '#555555'
set tics nomirror textcolor rgb '#333333'
set grid lc rgb '#dddddd' lw 1 lt 1
set key top left reverse Left samplen 2 textcolor rgb '#333333' noenhanced
set style line 1 lc rgb '#1f5fa8' lw 2.2
set style line 2 lc rgb '#c2571a' lw 2.2 dt 2
set style line 3 lc rgb '#3f7d3a' lw 2.2 dt 4
set style line 4 lc rgb '#7a4a9e' lw 2.2 dt 3
set style line 5 lc rgb '#8a6d00' lw 2.2
set style line 6 lc rgb '#0f7c80' lw 2.2
german = language eq 'de'
milliseconds = german ? 'Millisekunden' : 'milliseconds'
