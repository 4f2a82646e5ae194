/* driver/operations.h: what a stack must do to be a driver; private to this room.
 *
 * driver.c holds what both stacks share (states, errors, the calls that only look) and dispatches the rest through
 * this table. A stack embeds `struct driver` and `struct device` as the first members of its own structures. An
 * operation that a stack cannot do stays NULL in its table: driver.c then fails the device with ERR_UNSUPPORTED (or
 * does nothing where the call is a mere wish), and the capability must be missing from its bits. */
#ifndef ASSAY_DRIVER_OPERATIONS_H
#define ASSAY_DRIVER_OPERATIONS_H
#include "driver/driver.h"

struct driver_operations {
	const char *name;
	unsigned capabilities; /* enum driver_capability */
	bool speaks_web;       /* WebSocket and BOSH too */

	struct driver *(*driver_new)(struct err *e); /* driver.c fills in `operations` */
	void (*driver_free)(struct driver *d);       /* every device was freed before */
	void (*pump)(struct driver *d, int64_t deadline);
	int64_t (*idle)(const struct driver *d);
	struct loop *(*loop)(struct driver *d); /* or NULL */
	void (*watch)(struct driver *d, int descriptor, void (*callback)(void *context), void *context);

	struct device *(*device_new)(struct driver *d); /* zeroed; driver.c fills in the shared members */
	void (*device_free)(struct device *v);          /* cuts first where a connection is left; makes no callback */
	void (*connect)(struct device *v);           /* driver.c has cleared the error and entered DEVICE_CONNECTING */
	void (*resume)(struct device *v, int64_t h); /* likewise */
	void (*close)(struct device *v);             /* called only while a connection is there */
	void (*cut)(struct device *v);               /* likewise; driver.c then enters DEVICE_CLOSED */
	void (*send)(struct device *v, const xmlNode *element);
	void (*send_raw)(struct device *v, const char *bytes, size_t length);
	void (*secure)(struct device *v); /* driver.c has entered DEVICE_CONNECTING */
	void (*restart)(struct device *v);
	void (*answer_acks)(struct device *v, bool by_itself);
	const char *(*jid)(const struct device *v);
	void (*fact)(const struct device *v, const char *name, struct buf *out);
	const xmlNode *(*features)(const struct device *v);

	/* Of clients under test. */
	void (*tell)(struct device *v, const char *command);
	enum adapter_answer (*answer)(const struct device *v);
	const char *(*reason)(const struct device *v);
	void (*give_up)(struct device *v, const char *command);
	void (*blame)(struct device *v, const char *what);
	void (*release)(struct device *v, const xmlNode *element);
	void (*breaks)(struct device *v);
	int (*deceive)(struct device *v, const char *lie, struct err *e);
	const struct gateway *(*gateway)(const struct device *v);
	void (*ends)(struct device *v);
	void (*loses)(struct device *v);
	bool (*retire)(struct device *v, int64_t deadline);

	int (*register_accounts)(struct driver *d, const struct device_config *config,
		const struct driver_account *accounts, size_t count, int64_t deadline, struct err *e);
};
extern const struct driver_operations native_operations, strophe_operations;
extern const struct driver_operations client_operations; /* of client_driver_new() */

struct driver {
	const struct driver_operations *operations;
};

struct device {
	struct driver *driver;
	struct device_config config; /* the strings are the caller's */
	const struct device_callbacks *callbacks;
	void *context;
	enum device_state state;
	struct err error;
};

/* Changes the state and tells the owner; does nothing when the state is the same. The owner may connect again from
 * within, so a stack does this last. */
void device_enter(struct device *v, enum device_state state);
/* Keeps the error and enters DEVICE_FAILED. `why` may be &v->error. */
void device_fail(struct device *v, const struct err *why);
/* A remark for the transcript. */
void device_note(struct device *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
#endif
