#include "run/component.h"
#include "base/clock.h"
#include "run/run.h"

#define LONGEST (15 * CLOCK_SECOND)

struct device_config component_config(const struct target_component *c, const char *label)
{
	return (struct device_config){ .label = label,
		.domain = c->domain,
		.password = c->secret,
		.host = c->host,
		.port = c->port,
		.as_component = true };
}

int run_component(const struct target *t, struct err *e)
{
	static const struct device_callbacks silent = { NULL, NULL, NULL, NULL, NULL };
	const struct device_config config = component_config(t->component, "component");
	int64_t end = clock_now() + LONGEST;
	struct driver *driver = driver_new("native", e);
	if (!driver)
		return -1;
	struct device *device = device_new(driver, &config, &silent, NULL);
	device_connect(device);
	while (device_state(device) == DEVICE_CONNECTING && clock_now() < end)
		driver_pump(driver, end);
	int result = device_state(device) == DEVICE_ONLINE ? 0 : -1;
	if (result && device_error(device)->class == ERR_NONE)
		err_set(e, ERR_CONNECTION, t->component->host, "the server closed the stream of the component");
	else if (result)
		*e = *device_error(device);
	device_close(device);
	while (device_state(device) == DEVICE_ONLINE && clock_now() < end)
		driver_pump(driver, end);
	device_free(device);
	driver_free(driver);
	return result;
}
