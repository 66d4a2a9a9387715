#pragma once

#include "networks.h"
#include "record.h"

/*
 * Faces out of thin air, the same in every run.  At random no two are alike,
 * which is the hardest for a search that rules out; of people, five in a row
 * are of one person, as alike as photos of one person are (see
 * docs/recognition.md).
 */
enum { FACES_LENGTH = 256, FACES_OF_PERSON = 5 };

struct faces {
    uint64_t seed;
    bool are_of_people;
    float person[FACES_LENGTH];
    size_t count; /* made so far */
};

void faces_begin(struct faces *faces, bool are_of_people);

/* The next one's vector. */
void faces_next(struct faces *faces, float vector[static FACES_LENGTH]);

/* Another photo of the person who was last. */
void faces_again(struct faces *faces, float vector[static FACES_LENGTH]);

/* The record of a face, with an external id as the worker's are. */
struct record faces_record(size_t number, char text[static 2 * UUID_BYTES]);
