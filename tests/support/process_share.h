#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "basics.h"

/* What a process takes of the machine, from /proc. */

/* Its memory in KB, with shared pages counted in shares (PSS). */
size_t process_kilobytes(pid_t pid);

/* What of it is no file's: other programs that start or end, which share our
 * libraries, do not change it. */
size_t process_own_kilobytes(pid_t pid);

/* What of files it has in its memory, shared or not. */
size_t process_file_kilobytes(pid_t pid);

/* How many files, sockets and the like it has open. */
size_t process_descriptors(pid_t pid);

size_t process_threads(pid_t pid);
