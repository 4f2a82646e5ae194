/* Whatever changes in a certificate, in its signature, in a result or in the journal is found, at its place. */
#include "sample.h"
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHANGES 1000

static struct sample s;
/* How each kind of signer signs, and the file of the signature. */
static const struct {
	enum sample_key kind;
	bool x509;
	const char *signature;
} signers[] = {
	{ SAMPLE_ED25519, false, "certificate.sig" },
	{ SAMPLE_RSA, true, "certificate.p7s" },
	{ SAMPLE_EC, true, "certificate.p7s" },
};

static void set_up(void)
{
	sample_open(&s);
}

static void tear_down(void)
{
	sample_close(&s);
}

static void certify(int index)
{
	sample_key(&s, "signer", signers[index].kind, signers[index].x509 ? 0 : 7);
	if (signers[index].x509) {
		sample_key(&s, "authority", SAMPLE_EC, 0);
		sample_certificate(&s, "authority", NULL, 1000);
		sample_certificate(&s, "signer", "authority", 1000);
	}
	sample_certify(&s, "signer", signers[index].x509);
	struct verified v = sample_verify(&s, NULL);
	AUTO_TEXT findings = sample_findings(&v);
	ck_assert_msg(!v.findings.count, "%s", findings);
	verified_release(&v);
}

/* A generator of our own, so that a failure can be repeated on every machine. */
static uint32_t next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Whether a finding names the file and, where it names a place, that byte. */
static bool names(const struct verified *v, const char *file, size_t byte, size_t *width)
{
	for (size_t i = 0; i < v->findings.count; i++) {
		const struct finding_place *f = v->findings.items[i];
		if (strcmp(f->file, file) != 0)
			continue;
		*width = f->first_byte ? f->last_byte - f->first_byte + 1 : 0;
		if (!f->first_byte || (f->first_byte <= byte && byte <= f->last_byte))
			return true;
	}
	return false;
}

/* Changes one byte where it stands: a file written anew for each of thousands would take minutes on a slow disk. */
static void poke(const char *path, size_t at, char byte)
{
	int descriptor = open(path, O_WRONLY | O_CLOEXEC);
	ck_assert_int_ge(descriptor, 0);
	ck_assert_int_eq(pwrite(descriptor, &byte, 1, (off_t)at), 1);
	close(descriptor);
}

START_TEST(random_changes)
{
	const char *const files[] = { "certificate.json", signers[_i].signature, "certificate.chain", "journal.jsonl",
		"results.xml", "result.json", "junit.xml", "report.html", "badge.svg" };
	uint32_t state = 2463534242u + (uint32_t)_i;
	size_t found = 0, placed = 0, widest = 0;
	certify(_i);
	for (int i = 0; i < CHANGES; i++) {
		BUF_AUTO bytes = BUF_INIT;
		size_t width = 0;
		const char *file = files[next(&state) % (sizeof files / sizeof *files)];
		AUTO_TEXT path = memory_printf("%s/%s", s.run, file);
		sample_report_read(path, &bytes);
		size_t at = next(&state) % bytes.len;
		char old = bytes.data[at];
		bytes.data[at] ^= (char)(1 + next(&state) % 255);
		poke(path, at, bytes.data[at]);
		struct verified v = sample_verify(&s, NULL);
		AUTO_TEXT findings = sample_findings(&v);
		found += v.findings.count > 0;
		ck_assert_msg(names(&v, file, at + 1, &width), "change %d: %s, byte %zu of %zu, %02x to %02x: %s", i,
			file, at + 1, bytes.len, (unsigned char)old, (unsigned char)bytes.data[at], findings);
		/* Only the signature has no places, since nothing vouches for it but itself. */
		ck_assert_msg(width || strcmp(file, signers[_i].signature) == 0, "%s: %s", file, findings);
		ck_assert_msg(v.findings.count == 1, "%s, byte %zu: %s", file, at + 1, findings);
		placed += width > 0;
		widest = width > widest ? width : widest;
		verified_release(&v);
		poke(path, at, old);
	}
	ck_assert_uint_eq(found, CHANGES);
	ck_assert_uint_gt(placed, CHANGES * 3 / 4);
	ck_assert_uint_le(widest, 4096);
	struct verified v = sample_verify(&s, NULL);
	ck_assert_uint_eq(v.findings.count, 0);
	verified_release(&v);
}
END_TEST

/* Every byte of a statement and of its signature, changed in its lowest bit; and of the signature in what tells cases apart. */
START_TEST(every_byte)
{
	const char *const files[] = { "certificate.json", signers[_i].signature };
	certify(_i);
	struct verify_request alone = { .now = SAMPLE_NOW, .alone = true };
	for (size_t i = 0; i < 2; i++) {
		BUF_AUTO bytes = BUF_INIT;
		AUTO_TEXT path = memory_printf("%s/%s", s.run, files[i]);
		sample_report_read(path, &bytes);
		for (size_t at = 0; at < (i + 1) * bytes.len; at++) {
			size_t width;
			char mask = at < bytes.len ? 1 : 0x20, old = bytes.data[at % bytes.len];
			poke(path, at % bytes.len, (char)(old ^ mask));
			struct verified v = sample_verify(&s, &alone);
			AUTO_TEXT findings = sample_findings(&v);
			ck_assert_msg(names(&v, files[i], at % bytes.len + 1, &width), "%s, byte %zu ^ %02x: %s",
				files[i], at % bytes.len + 1, mask, findings);
			verified_release(&v);
			poke(path, at % bytes.len, old);
		}
	}
}
END_TEST

/* ---- more than a byte ---- */

enum tampering { CUT, EMPTIED, APPENDED, INSERTED, LINE_TAKEN, LINES_SWAPPED, REMOVED };
#define TAMPERINGS (REMOVED + 1)

static size_t line_start(const struct buf *b, size_t near)
{
	while (near && b->data[near - 1] != '\n')
		near--;
	return near;
}

static size_t line_end(const struct buf *b, size_t near)
{
	while (near < b->len && b->data[near] != '\n')
		near++;
	return near + (near < b->len);
}

/* Returns where the change begins. */
static size_t tamper(enum tampering how, const struct buf *from, struct buf *to)
{
	size_t first = line_start(from, from->len / 2), second = line_end(from, first), third = line_end(from, second);
	switch (how) {
	case CUT:
		buf_add(to, from->data, from->len - 1);
		return from->len - 1;
	case EMPTIED:
	case REMOVED:
		return 0;
	case APPENDED:
		buf_add(to, from->data, from->len);
		buf_add_char(to, '\n');
		return from->len;
	case INSERTED:
		buf_add(to, from->data, first);
		buf_add_char(to, ' ');
		buf_add(to, from->data + first, from->len - first);
		return first;
	case LINE_TAKEN:
		buf_add(to, from->data, first);
		buf_add(to, from->data + second, from->len - second);
		return first;
	case LINES_SWAPPED:
		break;
	}
	buf_add(to, from->data, first);
	buf_add(to, from->data + second, third - second);
	buf_add(to, from->data + first, second - first);
	buf_add(to, from->data + third, from->len - third);
	return first;
}

/* Whether a place reaches to where the change begins. */
static bool reaches(const struct verified *v, const char *file, size_t byte)
{
	for (size_t i = 0; i < v->findings.count; i++) {
		const struct finding_place *f = v->findings.items[i];
		if (strcmp(f->file, file) == 0 &&
			(!f->first_byte || (f->first_byte <= byte + 1 && f->last_byte + 1 >= byte)))
			return true;
	}
	return false;
}

START_TEST(whole_lines)
{
	static const char *const files[] = { "certificate.json", "certificate.sig", "certificate.chain",
		"journal.jsonl", "results.xml", "result.json", "junit.xml", "report.html", "badge.svg" };
	certify(0);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		BUF_AUTO bytes = BUF_INIT;
		BUF_AUTO changed = BUF_INIT;
		AUTO_TEXT path = memory_printf("%s/%s", s.run, files[i]);
		sample_report_read(path, &bytes);
		size_t begins = tamper((enum tampering)_i, &bytes, &changed);
		if (_i == REMOVED) {
			if (strcmp(files[i], "certificate.json") == 0 || strcmp(files[i], "badge.svg") == 0)
				continue;
			unlink(path);
		} else {
			sample_write(path, &changed);
		}
		struct verified v = sample_verify(&s, NULL);
		AUTO_TEXT findings = sample_findings(&v);
		if (changed.len != bytes.len || memcmp(buf_text(&changed), bytes.data, bytes.len) != 0)
			ck_assert_msg(reaches(&v, files[i], begins), "%s, byte %zu of %zu, tampering %d: %s", files[i],
				begins + 1, bytes.len, _i, findings);
		verified_release(&v);
		sample_write(path, &bytes);
	}
}
END_TEST

/* Each of several places is told. */
START_TEST(several_places)
{
	BUF_AUTO bytes = BUF_INIT;
	size_t width;
	AUTO_TEXT path = sample_path(&s, "run/journal.jsonl");
	certify(0);
	sample_report_read(path, &bytes);
	bytes.data[40] ^= 1;
	bytes.data[bytes.len - 20] ^= 1;
	sample_write(path, &bytes);
	struct verified v = sample_verify(&s, NULL);
	ck_assert_uint_eq(v.findings.count, 2);
	ck_assert(names(&v, "journal.jsonl", 41, &width) && names(&v, "journal.jsonl", bytes.len - 19, &width));
	const struct finding_place *first = v.findings.items[0];
	ck_assert_uint_eq(first->first_line, 1);
	ck_assert_uint_eq(first->last_line, 1);
	verified_release(&v);
}
END_TEST

START_TEST(files_swapped)
{
	BUF_AUTO one = BUF_INIT;
	BUF_AUTO two = BUF_INIT;
	size_t width;
	AUTO_TEXT first = sample_path(&s, "run/junit.xml");
	AUTO_TEXT second = sample_path(&s, "run/results.xml");
	certify(0);
	sample_report_read(first, &one);
	sample_report_read(second, &two);
	sample_write(first, &two);
	sample_write(second, &one);
	struct verified v = sample_verify(&s, NULL);
	ck_assert(names(&v, "junit.xml", 100, &width) && names(&v, "results.xml", 100, &width));
	verified_release(&v);
}
END_TEST

Suite *suite_tampering(void);
Suite *suite_tampering(void)
{
	Suite *suite = suite_create("tampering");
	TCase *tcase = tcase_create("tampering");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 300);
	tcase_set_tags(tcase, "heavy");
	tcase_add_loop_test(tcase, random_changes, 0, 3);
	tcase_add_loop_test(tcase, every_byte, 0, 3);
	tcase_add_loop_test(tcase, whole_lines, 0, TAMPERINGS);
	tcase_add_test(tcase, several_places);
	tcase_add_test(tcase, files_swapped);
	suite_add_tcase(suite, tcase);
	return suite;
}
