/* [component] of a target file: how Assay can come as a component of the server (XEP-0114). */
#include "base/text.h"
#include "target/loader.h"
#include "xml/redact.h"
#include <stdlib.h>

static struct target_component *component_of(struct loader *l)
{
	if (!l->target->component)
		l->target->component = memory_alloc(sizeof *l->target->component);
	return l->target->component;
}

int loader_take_component(struct loader *l, const char *key, const char *value)
{
	struct target_component *c = component_of(l);
	struct pending *p = &l->component;
	if (text_equal(key, "domain"))
		return target_domain_valid(value) ? loader_text(&c->domain, value)
						  : loader_fault(l, l->line, "'%s' is no domain", value);
	if (text_equal(key, "host"))
		return target_domain_valid(value)
			? loader_text(&c->host, value)
			: loader_fault(l, l->line,
				  "'%s' is neither a host name nor an address; the port is a key of its own", value);
	if (text_equal(key, "port"))
		return loader_port(l, &c->port, key, value);
	if (text_equal(key, "secret-env"))
		return loader_text(&p->variable, value);
	if (text_equal(key, "secret-file"))
		return loader_file(l, &p->file, key, value);
	redact_secret(value, NULL);
	l->inline_password = true;
	return loader_text(&p->password, value);
}

void loader_check_component(struct loader *l)
{
	const struct target_component *c = l->target->component;
	const struct pending *p = &l->component;
	int line = l->section_lines[SECTION_COMPONENT], sources = !!p->password + !!p->variable + !!p->file;
	if (!line || l->failed)
		return;
	if (!c || !c->domain)
		loader_fault(l, line, "[component] says no domain: domain = component.example.org");
	else if (text_equal(c->domain, l->target->domain))
		loader_fault(l, line, "the domain of a component is its own, not that of the server");
	else if (!c->port)
		loader_fault(l, line, "[component] says no port, and there is none that all servers use");
	else if (sources > 1)
		loader_fault(l, line, "one of secret, secret-env and secret-file is enough");
	else if (!sources)
		loader_fault(
			l, line, "[component] says no secret: secret-file = FILE, secret-env = NAME or secret = TEXT");
}

void loader_make_component(struct loader *l)
{
	struct err local = { .class = ERR_NONE };
	struct target_component *c = l->target->component;
	const struct pending *p = &l->component;
	if (!c || l->failed)
		return;
	if (!c->host)
		c->host = memory_copy_text(l->target->host ? l->target->host : l->target->domain);
	if (p->password)
		c->secret = memory_copy_text(p->password);
	else if (p->variable)
		c->secret = password_from_variable(p->variable, NULL);
	else
		c->secret = password_from_file(p->file, "the component", &local);
	if (c->secret)
		return;
	int line = l->section_lines[SECTION_COMPONENT];
	if (p->variable)
		loader_fault(
			l, line, "the environment variable %s, the secret of the component, is not set", p->variable);
	else
		loader_fault(l, line, "%s: %s", local.where, local.message);
}
