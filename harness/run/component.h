/* run/component.h: the component of a target (XEP-0114), as a device that comes as it. */
#ifndef ASSAY_RUN_COMPONENT_H
#define ASSAY_RUN_COMPONENT_H
#include "driver/driver.h"
#include "target/target.h"

/* How to come as the component `c`; the texts are the target's. */
struct device_config component_config(const struct target_component *c, const char *label);
#endif
