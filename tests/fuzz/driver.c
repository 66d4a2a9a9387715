/*
 * driver.c - runs a target over files, where there is no libFuzzer
 *
 * Arguments are files and folders of files.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

#pragma weak LLVMFuzzerInitialize

static size_t count;

/* The input has no byte more than it says, so that reading past it shows. */
static void run_file(const char *path)
{
    FILE *file = fopen(path, "re");
    struct stat about;
    uint8_t *bytes;

    if (!file || fstat(fileno(file), &about) < 0) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    bytes = xmalloc((size_t)about.st_size);
    if (fread(bytes, 1, (size_t)about.st_size, file) != (size_t)about.st_size) {
        fprintf(stderr, "%s: not all of it could be read\n", path);
        exit(EXIT_FAILURE);
    }
    fclose(file);
    LLVMFuzzerTestOneInput(bytes, (size_t)about.st_size);
    free(bytes);
    count++;
}

static void run_folder(const char *path, DIR *folder)
{
    struct dirent *entry;

    while ((entry = readdir(folder)) != NULL) {
        char *name;

        if (entry->d_type != DT_REG && entry->d_type != DT_UNKNOWN)
            continue;
        name = xprintf("%s/%s", path, entry->d_name);
        run_file(name);
        free(name);
    }
}

int main(int argc, char **argv)
{
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);

        if (folder) {
            run_folder(argv[i], folder);
            closedir(folder);
        } else {
            run_file(argv[i]);
        }
    }
    printf("%zu inputs\n", count);
    return count ? EXIT_SUCCESS : EXIT_FAILURE;
}
