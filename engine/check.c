/*
 * check.c - what is wrong with an engine's folder, or with a backup
 */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "data_folder.h"
#include "errors.h"
#include "keys.h"
#include "log.h"
#include "manifest.h"
#include "xalloc.h"

static void look_at_archive(struct inspection *inspection, const char *folder)
{
    char *path = data_folder_path(folder, DATA_ARCHIVE);
    struct buffer problem = {0};

    if (inspection_make(inspection, path, &problem) < 0)
        inspection_add(inspection, "%s.", buffer_text(&problem));
    free(path);
    buffer_finish(&problem);
}

/* Keys may lie elsewhere. */
static void look_at_keys(struct inspection *inspection, const char *folder)
{
    char *path = data_folder_path(folder, DATA_KEYS);
    struct buffer problem = {0};
    struct keys *keys;

    if (data_folder_has(folder, DATA_KEYS)) {
        keys = keys_read(path, &problem);
        if (keys)
            keys_let_go(keys);
        else
            inspection_add(inspection, "%s.", buffer_text(&problem));
    }
    free(path);
    buffer_finish(&problem);
}

static void look_at_manifest(struct inspection *inspection, const char *folder)
{
    struct manifest manifest;
    struct buffer problem = {0};

    if (manifest_read(&manifest, folder, &problem) < 0)
        inspection_add(inspection, "%s.", buffer_text(&problem));
    else if (manifest.collections != inspection->collections ||
             manifest.faces != inspection->faces ||
             manifest.users != inspection->users)
        inspection_add(inspection,
                       "The manifest says %zu collections, %zu faces and %zu "
                       "users.",
                       manifest.collections, manifest.faces, manifest.users);
    buffer_finish(&problem);
}

int check_main(int argc, char **argv)
{
    const char *folder;
    struct inspection inspection;
    size_t wrong;

    if (argc > 2)
        fatal("usage: facewire-engine check [FOLDER]");
    folder = argc == 2 ? argv[1] : data_folder();
    look_at_archive(&inspection, folder);
    look_at_keys(&inspection, folder);
    if (data_folder_has(folder, MANIFEST_NAME))
        look_at_manifest(&inspection, folder);
    if (data_folder_has(folder, DATA_RESTORED))
        inspection_add(&inspection, "A restore into %s was cut off.", folder);
    wrong = inspection.wrong;
    fputs(buffer_text(&inspection.sentences), stdout);
    if (wrong > INSPECTION_SENTENCES)
        printf("And %zu more.\n", wrong - INSPECTION_SENTENCES);
    printf("%s: collections=%zu faces=%zu users=%zu wrong=%zu\n", folder,
           inspection.collections, inspection.faces, inspection.users, wrong);
    inspection_finish(&inspection);
    return wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}
