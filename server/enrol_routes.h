#pragma once

#include "call.h"

/* The routes by which people come in and go: POST /v1/people, POST
 * /v1/people/{id}/faces, and the two DELETEs, which start an erasing.  Each
 * takes the call over. */
void route_enrol(struct call *call);
void route_add_face(struct call *call);
void route_erase_person(struct call *call);
void route_erase_face(struct call *call);
