/*
 * operations.c - what can be asked for
 */
#include <string.h>

#include "operations.h"

static const struct operation *const operations[] = {
    &operation_associate_faces,
    &operation_compare_faces,
    &operation_create_collection,
    &operation_create_user,
    &operation_delete_collection,
    &operation_delete_faces,
    &operation_delete_user,
    &operation_describe_collection,
    &operation_detect_faces,
    &operation_disassociate_faces,
    &operation_index_faces,
    &operation_list_collections,
    &operation_list_faces,
    &operation_list_tags_for_resource,
    &operation_list_users,
    &operation_search_faces,
    &operation_search_faces_by_image,
    &operation_search_users,
    &operation_search_users_by_image,
    &operation_tag_resource,
    &operation_untag_resource,
};

const struct operation *operations_find(const char *name)
{
    for (size_t i = 0; i < COUNT(operations); i++)
        if (strcmp(operations[i]->name, name) == 0)
            return operations[i];
    return NULL;
}

size_t operations_count(void)
{
    return COUNT(operations);
}

const struct operation *operations_at(size_t place)
{
    return operations[place];
}
