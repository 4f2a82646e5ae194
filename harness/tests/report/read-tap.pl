# Reads TAP from standard input as strictly as Perl's own reader can: a parse error, a broken YAML block, a line that is not of
# the protocol, or a test point that is not numbered ends it with status 1. Prints how many test points are planned, pass,
# fail, are skipped, are expected to fail, pass though they were expected to fail, and have a block; and whether it bails out.
use strict;
use warnings;
use TAP::Parser;

# A broken block is reported by a warning alone.
local $SIG{__WARN__} = sub { print STDERR @_; exit 1 };
my $text = do { local $/; <STDIN> };
my $parser = TAP::Parser->new({ tap => $text });
my ($number, $blocks, $bails) = (0, 0, 0);
while (my $line = $parser->next) {
	if ($line->is_test) {
		$number++;
		die "'" . $line->raw . "' is not number $number\n" if $line->raw !~ /^(not )?ok $number - /;
	} elsif ($line->is_yaml) {
		my $data = $line->data;
		die "a block without verdict and level\n" if !$data->{verdict} || !$data->{level} || !$data->{again};
		$blocks++;
	} elsif ($line->is_bailout) {
		$bails = 1;
	} elsif (!$line->is_plan && !$line->is_version) {
		die "'" . $line->raw . "' is no line of the protocol\n";
	}
}
die map { "$_\n" } $parser->parse_errors if $parser->parse_errors;
die "no plan\n" if !defined $parser->tests_planned;
printf "%d planned, %d pass, %d fail, %d skipped, %d todo, %d unexpected, %d blocks, %s\n", $parser->tests_planned,
	scalar($parser->actual_passed), scalar($parser->actual_failed), scalar($parser->skipped),
	scalar($parser->todo), scalar($parser->todo_passed), $blocks, $bails ? "bails out" : "whole";
