#pragma once

#include "json.h"
#include "problem.h"

/* What may be said of a person, and whether it can be so.  PROBLEM_NONE, or
 * what is wrong, with a sentence in `detail`. */
enum problem person_check_name(const char *name, char detail[static 128]);
enum problem person_check_external_id(const char *external_id,
                                      char detail[static 128]);
enum problem person_check_email(const char *email, char detail[static 128]);

/* JSON, one object of 8 KB at most. */
enum problem person_check_details(const char *details, char detail[static 128]);
