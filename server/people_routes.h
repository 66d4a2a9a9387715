#pragma once

#include "call.h"

/* The routes that read and change people.  Each takes the call over. */
void route_list_people(struct call *call);
void route_read_person(struct call *call);
void route_change_person(struct call *call);
void route_person_image(struct call *call);
void route_face_image(struct call *call);
