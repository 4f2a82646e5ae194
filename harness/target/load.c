/* Target files. inih does the reading; what it would pass over in silence (lines that are too long, words without a
 * value, empty sections, a comment inside a password) is caught line by line before it sees them. */
#include "base/text.h"
#include "net/http.h"
#include "target/loader.h"
#include "xml/redact.h"
#include <ini.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const section_names[SECTION_KINDS] = { "", "target", "accounts", "account", "admin", "allow",
	"claims", "baseline", "component", "load" };

#define KEYS_MOST 12
static const char *const section_keys[SECTION_KINDS][KEYS_MOST] = {
	[SECTION_TARGET] = { "name", "domain", "host", "port", "direct-port", "s2s-port", "websocket", "bosh",
		"host-meta", "ca", "verify" },
	[SECTION_ACCOUNTS] = { "provisioning", "command", "password-file" },
	[SECTION_ACCOUNT] = { "user", "password", "password-env", "password-file", "role" },
	[SECTION_ADMIN] = { "user", "password", "password-env", "password-file" },
	[SECTION_ALLOW] = { "register", "delete", "flood" },
	[SECTION_BASELINE] = { "file" },
	[SECTION_COMPONENT] = { "domain", "host", "port", "secret", "secret-env", "secret-file" },
	[SECTION_LOAD] = { "allow", "most-rate", "most-connections", "most-time", "without-tls", "websocket", "bosh" },
};

static const char *const provisionings[] = { "fixed", "register", "admin", "command" }; /* in the order of the enum */
static const char *const roles[] = { "owner", "contact", "stranger" };
#define COUNT(list) (sizeof(list) / sizeof *(list))

int loader_fault(struct loader *l, int line, const char *format, ...)
{
	BUF_AUTO text = BUF_INIT;
	char where[sizeof l->e->where];
	va_list args;
	if (l->failed)
		return 0;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	snprintf(where, sizeof where, "%s:%d", l->path, line);
	err_set(l->e, ERR_USAGE, where, "%s", text.data);
	l->failed = true;
	return 0;
}

static size_t count_names(const char *const *names, size_t most)
{
	size_t n = 0;
	while (n < most && names[n])
		n++;
	return n;
}

/* "there is no KIND 'WORD'; did you mean …" */
static int fault_unknown(struct loader *l, const char *kind, const char *word, const char *const *names, size_t count)
{
	BUF_AUTO list = BUF_INIT;
	const char *nearest = text_nearest(word, names, count);
	for (size_t i = 0; i < count; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", names[i]);
	if (nearest)
		return loader_fault(l, l->line, "there is no %s '%s'; did you mean '%s'?", kind, word, nearest);
	return loader_fault(l, l->line, "there is no %s '%s'; there are %s", kind, word, buf_text(&list));
}

/* The path as seen from the file's own folder; free(). */
static char *resolve(const struct loader *l, const char *value)
{
	const char *slash = strrchr(l->path, '/');
	if (*value == '/' || !slash)
		return memory_copy_text(value);
	return memory_printf("%.*s/%s", (int)(slash - l->path), l->path, value);
}

/* ---- sections ---- */

static void pending_release(struct pending *p)
{
	if (p->password)
		OPENSSL_cleanse(p->password, strlen(p->password));
	char *texts[] = { p->label, p->user, p->password, p->variable, p->file, p->role };
	for (size_t i = 0; i < COUNT(texts); i++)
		free(texts[i]);
}

static void begin_account(struct loader *l, const char *label)
{
	if (!*label) {
		loader_fault(l, l->line, "an account has a name: [account romeo]");
		return;
	}
	for (size_t i = 0; i < l->accounts.count; i++) {
		const struct pending *other = l->accounts.items[i];
		if (text_equal(other->label, label)) {
			loader_fault(l, l->line, "[account %s] stands in line %d already", label, other->line);
			return;
		}
	}
	l->account = memory_alloc(sizeof *l->account);
	l->account->label = memory_copy_text(label);
	l->account->line = l->line;
	vec_push(&l->accounts, l->account);
}

static void begin_section(struct loader *l, const char *line, size_t length)
{
	const char *end = memchr(line, ']', length);
	if (!end) {
		loader_fault(l, l->line, "a section is written [target]; the closing bracket is missing");
		return;
	}
	AUTO_TEXT inside = memory_copy_bytes(line + 1, (size_t)(end - line - 1));
	struct arena a = ARENA_INIT;
	struct vec words = VEC_INIT;
	text_words(&a, inside, &words);
	const char *name = words.count ? words.items[0] : "", *label = words.count > 1 ? words.items[1] : "";
	l->section = SECTION_NONE;
	for (enum section_kind k = SECTION_TARGET; k < SECTION_KINDS; k++)
		if (text_equal(name, section_names[k]))
			l->section = k;
	if (l->section == SECTION_NONE)
		fault_unknown(l, "section", name, section_names + 1, SECTION_KINDS - 1);
	else if (words.count > 2 || (*label && l->section != SECTION_ACCOUNT))
		loader_fault(l, l->line, "[%s] has a word too many", inside);
	else if (l->section == SECTION_ACCOUNT)
		begin_account(l, label);
	else if (l->section_lines[l->section])
		loader_fault(l, l->line, "[%s] stands in line %d already", name, l->section_lines[l->section]);
	l->section_lines[l->section] = l->line;
	vec_release(&words);
	arena_release(&a);
}

/* A claim may hold any sign, so inih never sees it. */
static void take_claim(struct loader *l, const char *line, size_t length)
{
	AUTO_TEXT claim = memory_copy_bytes(line, length);
	for (size_t end = length; end && strchr(" \t", claim[end - 1]); end--)
		claim[end - 1] = 0;
	if (strpbrk(claim, " \t="))
		loader_fault(l, l->line, "a claim is one word a line, without a value");
	else
		vec_push(&l->target->claims, memory_copy_text(claim));
}

/* inih's reader: the next line, made such that inih takes it for what it is. */
static char *next_line(char *out, int size, void *stream)
{
	struct loader *l = stream;
	if (l->failed || !*l->cursor)
		return NULL;
	const char *line = l->cursor + strspn(l->cursor, " \t"); /* an indented line is no continuation here */
	size_t length = strcspn(line, "\r\n");
	l->cursor = line + length + (line[length] == '\r');
	l->cursor += *l->cursor == '\n';
	l->line++;
	bool section = *line == '[', comment = length == 0 || *line == '#' || *line == ';';
	bool bare = !section && !comment && !memchr(line, '=', length) && !memchr(line, ':', length);
	if ((int)length + 3 > size) {
		loader_fault(l, l->line, "a line has at most %d bytes", size - 3);
		return NULL;
	}
	if (section)
		begin_section(l, line, length);
	bool claim = !section && !comment && l->section == SECTION_CLAIMS;
	if (claim)
		take_claim(l, line, length);
	if (!section && !comment && (text_starts(line, "password") || text_starts(line, "secret")))
		for (size_t i = 0; i + 1 < length; i++)
			if ((line[i] == ' ' || line[i] == '\t') && line[i + 1] == ';')
				loader_fault(l, l->line,
					"what follows ` ;` would be a comment; such a %.8s goes into a %.8s-file",
					*line == 's' ? "secret" : "password", *line == 's' ? "secret" : "password");
	if (l->failed)
		return NULL;
	snprintf(out, (size_t)size, "%.*s%s\n", comment || claim ? 0 : (int)length, line, bare && !claim ? "=" : "");
	return out;
}

/* ---- values ---- */

int loader_text(char **place, const char *value)
{
	free(*place);
	*place = memory_copy_text(value);
	return 1;
}

static int take_flag(struct loader *l, bool *place, const char *key, const char *value)
{
	*place = text_equal(value, "yes");
	return *place || text_equal(value, "no") ? 1
						 : loader_fault(l, l->line, "%s is yes or no, not '%s'", key, value);
}

int loader_port(struct loader *l, int *place, const char *key, const char *value)
{
	int64_t number;
	if (text_to_number(value, 0, 65535, &number))
		return loader_fault(l, l->line, "%s is a number up to 65535 (0: not offered), not '%s'", key, value);
	*place = (int)number;
	return 1;
}

int loader_file(struct loader *l, char **place, const char *key, const char *value)
{
	free(*place);
	*place = resolve(l, value);
	return file_exists(*place) ? 1 : loader_fault(l, l->line, "%s: there is no file %s", key, *place);
}

/* Streams are never carried in the clear, but for the sake of measuring. */
static int take_web(struct loader *l, char **place, const char *scheme, const char *key, const char *value)
{
	struct url url;
	struct err e;
	bool good = url_read(&url, value, &e) == 0;
	bool fits = good && text_equal(url.scheme, scheme);
	if (good)
		url_release(&url);
	return fits ? loader_text(place, value)
		    : loader_fault(l, l->line, "%s is a URL that begins with %s://, not '%s'", key, scheme, value);
}

static int take_target(struct loader *l, const char *key, const char *value)
{
	struct target *t = l->target;
	if (text_equal(key, "name"))
		return loader_text(&t->name, value);
	if (text_equal(key, "domain"))
		return target_domain_valid(value) ? loader_text(&t->domain, value)
						  : loader_fault(l, l->line, "'%s' is no domain", value);
	if (text_equal(key, "host"))
		return target_domain_valid(value)
			? loader_text(&t->host, value)
			: loader_fault(l, l->line,
				  "'%s' is neither a host name nor an address; the port is a key of its own", value);
	if (text_equal(key, "port"))
		return loader_port(l, &t->port, key, value);
	if (text_equal(key, "s2s-port"))
		return loader_port(l, &t->s2s_port, key, value);
	if (text_equal(key, "direct-port"))
		return loader_port(l, &t->direct_port, key, value);
	if (text_equal(key, "websocket"))
		return take_web(l, &t->websocket, "wss", key, value);
	if (text_equal(key, "bosh"))
		return take_web(l, &t->bosh, "https", key, value);
	if (text_equal(key, "host-meta"))
		return take_web(l, &t->host_meta, "https", key, value);
	if (text_equal(key, "ca"))
		return loader_file(l, &t->ca_file, key, value);
	return take_flag(l, &t->verify, key, value);
}

static int take_accounts(struct loader *l, const char *key, const char *value)
{
	if (text_equal(key, "password-file")) {
		l->password_file_line = l->line;
		return loader_file(l, &l->password_file, key, value);
	}
	if (text_equal(key, "command")) {
		l->command_line = l->line;
		free(l->target->command);
		l->target->command = strchr(value, '/') ? resolve(l, value) : memory_copy_text(value);
		if (strchr(value, '/') && access(l->target->command, X_OK))
			return loader_fault(
				l, l->line, "command: %s is no program that can be run", l->target->command);
		return 1;
	}
	for (size_t i = 0; i < COUNT(provisionings); i++) {
		if (!text_equal(value, provisionings[i]))
			continue;
		l->target->provisioning = (enum provisioning)i;
		l->provisioning_line = l->line;
		return 1;
	}
	return fault_unknown(l, "provisioning", value, provisionings, COUNT(provisionings));
}

static int take_account(struct loader *l, struct pending *p, const char *key, const char *value)
{
	if (text_equal(key, "user"))
		return loader_text(&p->user, value);
	if (text_equal(key, "password")) {
		redact_secret(value, NULL);
		l->inline_password = true;
		return loader_text(&p->password, value);
	}
	if (text_equal(key, "password-env"))
		return loader_text(&p->variable, value);
	if (text_equal(key, "password-file"))
		return loader_file(l, &p->file, key, value);
	for (size_t i = 0; i < COUNT(roles); i++)
		if (text_equal(value, roles[i]))
			return loader_text(&p->role, value);
	return fault_unknown(l, "role", value, roles, COUNT(roles));
}

static int take_allow(struct loader *l, const char *key, const char *value)
{
	struct target *t = l->target;
	bool *place = text_equal(key, "register") ? &t->allow_register
		: text_equal(key, "delete")       ? &t->allow_delete
						  : &t->allow_flood;
	return take_flag(l, place, key, value);
}

static int take_clear(struct loader *l, const char *value)
{
	static const char *const words[] = { "no", "loopback", "anywhere" }; /* in the order of the enum */
	for (size_t i = 0; i < COUNT(words); i++) {
		if (!text_equal(value, words[i]))
			continue;
		l->target->load.without_tls = (enum net_clear)i;
		return 1;
	}
	return loader_fault(l, l->line, "without-tls is no, loopback or anywhere, not '%s'", value);
}

static int take_load(struct loader *l, const char *key, const char *value)
{
	struct target_load_limits *m = &l->target->load;
	int64_t number;
	if (text_equal(key, "allow"))
		return take_flag(l, &m->allowed, key, value);
	if (text_equal(key, "without-tls"))
		return take_clear(l, value);
	if (text_equal(key, "websocket"))
		return take_web(l, &m->websocket, "ws", key, value);
	if (text_equal(key, "bosh"))
		return take_web(l, &m->bosh, "http", key, value);
	if (text_equal(key, "most-time"))
		return text_to_duration(value, &m->most_time) == 0 && m->most_time > 0
			? 1
			: loader_fault(l, l->line, "most-time is a time such as 60s or 10m, not '%s'", value);
	if (text_to_number(value, 1, 1000000, &number))
		return loader_fault(l, l->line, "%s is a number from 1 to 1000000, not '%s'", key, value);
	*(text_equal(key, "most-rate") ? &m->most_rate : &m->most_connections) = number;
	return 1;
}

static int take(void *user, const char *section, const char *key, const char *value)
{
	struct loader *l = user;
	(void)section; /* cut to inih's length; ours was read by next_line */
	if (l->failed)
		return 0;
	if (l->section == SECTION_NONE)
		return loader_fault(l, l->line, "this stands before the first section; begin with [target]");
	const char *const *keys = section_keys[l->section];
	size_t count = count_names(keys, KEYS_MOST);
	bool known = false;
	for (size_t i = 0; i < count; i++)
		known = known || text_equal(key, keys[i]);
	if (!known)
		return fault_unknown(l, "key", key, keys, count);
	AUTO_TEXT full = memory_printf(
		"%s %s %s", section_names[l->section], l->section == SECTION_ACCOUNT ? l->account->label : "", key);
	const char *before = map_get(&l->seen, full);
	if (before)
		return loader_fault(l, l->line, "%s stands in line %s already", key, before);
	AUTO_TEXT number = memory_printf("%d", l->line);
	map_set(&l->seen, full, number);
	if (!*value)
		return loader_fault(l, l->line, "%s has no value: write %s = …", key, key);
	switch (l->section) {
	case SECTION_TARGET:
		return take_target(l, key, value);
	case SECTION_ACCOUNTS:
		return take_accounts(l, key, value);
	case SECTION_ACCOUNT:
		return take_account(l, l->account, key, value);
	case SECTION_ADMIN:
		return take_account(l, &l->admin, key, value);
	case SECTION_ALLOW:
		return take_allow(l, key, value);
	case SECTION_BASELINE:
		return loader_file(l, &l->target->baseline, key, value);
	case SECTION_COMPONENT:
		return loader_take_component(l, key, value);
	case SECTION_LOAD:
		return take_load(l, key, value);
	case SECTION_NONE:
	case SECTION_CLAIMS:
	case SECTION_KINDS:
		break;
	}
	return 0;
}

/* ---- the whole ---- */

static void check_whole(struct loader *l)
{
	struct target *t = l->target;
	int line = l->section_lines[SECTION_TARGET];
	l->admin.line = l->section_lines[SECTION_ADMIN];
	if (!line)
		loader_fault(l, 1, "there is no [target] section");
	else if (!t->domain)
		loader_fault(l, line, "[target] says no domain: domain = example.org");
	else if (!t->port && !t->direct_port)
		loader_fault(l, line, "neither port nor direct-port is offered");
	else if (t->provisioning != PROVISION_FIXED && !t->allow_register)
		loader_fault(l, l->provisioning_line,
			"accounts will be made, so say that this may be: register = yes in a section [allow]");
	else if (t->provisioning == PROVISION_ADMIN && !l->admin.user)
		loader_fault(l, l->provisioning_line,
			"provisioning by an administrator needs a section [admin] with user and password");
	else if (t->provisioning == PROVISION_COMMAND && !t->command)
		loader_fault(l, l->provisioning_line,
			"provisioning by a command needs command = PROGRAM in the same section");
	else if (t->provisioning != PROVISION_COMMAND && t->command)
		loader_fault(l, l->command_line, "command is for provisioning = command");
	else if (l->section_lines[SECTION_ADMIN] && !l->admin.user)
		loader_fault(l, l->section_lines[SECTION_ADMIN], "[admin] says no user");
	else if (t->provisioning == PROVISION_FIXED && !l->accounts.count && !l->password_file)
		loader_fault(l, l->provisioning_line ? l->provisioning_line : line,
			"there are no accounts: add [account NAME] sections, or [accounts] provisioning = register");
	else if (t->provisioning != PROVISION_FIXED && l->accounts.count)
		loader_fault(l, ((struct pending *)l->accounts.items[0])->line,
			"[account NAME] is for provisioning = fixed");
	else
		loader_check_component(l);
}

static char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t length = strlen(name) - (text_ends(name, ".ini") ? strlen(".ini") : 0);
	return memory_copy_bytes(name, length);
}

struct target *target_load(const char *path, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	struct err local = { .class = ERR_NONE };
	struct loader l = { .path = path, .e = e ? e : &local };
	if (file_read(path, &text, e))
		return NULL;
	struct target *t = l.target = memory_alloc(sizeof *t);
	t->port = 5222;
	t->load = (struct target_load_limits)TARGET_LOAD_LIMITS;
	t->verify = true;
	l.cursor = buf_text(&text);
	if (strlen(l.cursor) != text.len)
		loader_fault(&l, 1, "this is no text file");
	int line = ini_parse_stream(next_line, &l, take, &l);
	if (line)
		loader_fault(&l, line > 0 ? line : 1, "a line is `key = value` or `[section]`");
	if (!l.failed)
		check_whole(&l);
	if (!l.failed && l.inline_password)
		password_warn_readable(path);
	if (!l.failed)
		loader_make_accounts(&l);
	loader_make_component(&l);
	if (!l.failed && t->provisioning == PROVISION_FIXED && !t->accounts.count)
		loader_fault(&l, l.password_file_line, "the password file holds no account");
	if (!t->name)
		t->name = name_of(path);
	for (size_t i = 0; i < l.accounts.count; i++) {
		pending_release(l.accounts.items[i]);
		free(l.accounts.items[i]);
	}
	vec_release(&l.accounts);
	pending_release(&l.admin);
	pending_release(&l.component);
	map_release(&l.seen);
	free(l.password_file);
	if (text.data)
		OPENSSL_cleanse(text.data, text.len);
	if (l.failed) {
		target_free(t);
		return NULL;
	}
	return t;
}
