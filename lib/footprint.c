/*
 * footprint.c - a program's share of the machine's memory
 *
 * A program that links a hundred libraries has touched most of their symbol
 * tables once it runs, some 15 MB, and never looks at them again.  Those pages
 * are clean copies of what the files hold, so they can be dropped from the
 * program's memory at any time.
 */
#include <limits.h>
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include "footprint.h"

/* glibc refuses more. */
enum { BLOCK_BYTES_MAX = 32 << 20 };

enum {
    WORK_MS = 10, /* whoever does less rests, and leaves nothing behind */
    LOOKS_MOST = 60000 / FOOTPRINT_LOOK_MS,
};

/* One lock for all threads costs less than a heap for each: a photo asks for a
 * few large blocks, and each heap would keep room of its own. */
void footprint_init(void)
{
    mallopt(M_ARENA_MAX, 1);
}

static int at_most(size_t bytes, int most)
{
    return bytes < (size_t)most ? (int)bytes : most;
}

void footprint_keep_room(size_t bytes)
{
    mallopt(M_MMAP_THRESHOLD, at_most(bytes / 2, BLOCK_BYTES_MAX));
    mallopt(M_TRIM_THRESHOLD, at_most(bytes, INT_MAX));
}

/* Whether the linker has written into an object's read-only parts, which no
 * compiler of ours makes it do; those pages are not what the file holds. */
static bool was_patched(const struct dl_phdr_info *object)
{
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        const ElfW(Dyn) * row;

        if (part->p_type != PT_DYNAMIC)
            continue;
        row = (const void *)(object->dlpi_addr + part->p_vaddr);
        for (; row->d_tag != DT_NULL; row++)
            if (row->d_tag == DT_TEXTREL ||
                (row->d_tag == DT_FLAGS && row->d_un.d_val & DF_TEXTREL))
                return true;
    }
    return false;
}

/* Drops the pages of one object that it cannot have written to. */
static int on_object(struct dl_phdr_info *object, size_t bytes, void *owner)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

    (void)bytes;
    (void)owner;
    if (was_patched(object))
        return 0;
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        uintptr_t start = object->dlpi_addr + part->p_vaddr;
        uintptr_t end = start + part->p_memsz;

        if (part->p_type != PT_LOAD || part->p_flags & PF_W)
            continue;
        start -= start % page;
        end += (page - end % page) % page;
        /* It is advice; where the kernel does not take it, nothing is lost. */
        (void)madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void footprint_shrink(void)
{
    malloc_trim(0);
    dl_iterate_phdr(on_object, NULL);
}

bool footprint_is_due(struct footprint_watch *watch, int64_t cpu_ms)
{
    int64_t worked_ms = cpu_ms - watch->seen_ms;

    bool has_come_to_rest = watch->is_working && worked_ms < WORK_MS;

    watch->seen_ms = cpu_ms;
    watch->worked_ms += worked_ms;
    watch->is_working = worked_ms >= WORK_MS;
    watch->looks++;
    if (!has_come_to_rest &&
        (watch->looks < LOOKS_MOST || watch->worked_ms < WORK_MS))
        return false;
    watch->worked_ms = 0;
    watch->looks = 0;
    return true;
}
