#pragma once

#include "call.h"

/* The operation of that name; NULL: there is none. */
const struct operation *operations_find(const char *name);

/* All of them, from 0 on. */
size_t operations_count(void);
const struct operation *operations_at(size_t place);

extern const struct operation operation_associate_faces;
extern const struct operation operation_compare_faces;
extern const struct operation operation_create_collection;
extern const struct operation operation_create_user;
extern const struct operation operation_delete_collection;
extern const struct operation operation_delete_faces;
extern const struct operation operation_delete_user;
extern const struct operation operation_describe_collection;
extern const struct operation operation_detect_faces;
extern const struct operation operation_disassociate_faces;
extern const struct operation operation_index_faces;
extern const struct operation operation_list_collections;
extern const struct operation operation_list_faces;
extern const struct operation operation_list_tags_for_resource;
extern const struct operation operation_list_users;
extern const struct operation operation_search_faces;
extern const struct operation operation_search_faces_by_image;
extern const struct operation operation_search_users;
extern const struct operation operation_search_users_by_image;
extern const struct operation operation_tag_resource;
extern const struct operation operation_untag_resource;
