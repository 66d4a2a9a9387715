/*
 * operations.c - what can be asked for
 */
#include <string.h>

#include "operations.h"

static const struct operation *const operations[] = {
    &operation_compare_faces,
    &operation_create_collection,
    &operation_delete_collection,
    &operation_delete_faces,
    &operation_describe_collection,
    &operation_detect_faces,
    &operation_index_faces,
    &operation_list_collections,
    &operation_list_faces,
    &operation_search_faces,
    &operation_search_faces_by_image,
};

const struct operation *operations_find(const char *name)
{
    for (size_t i = 0; i < COUNT(operations); i++)
        if (strcmp(operations[i]->name, name) == 0)
            return operations[i];
    return NULL;
}
