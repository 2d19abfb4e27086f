/* The hash slots of a Redis Cluster (Redis Cluster specification, "Key
   distribution model"). */

#ifndef REXPAND_LOOKUPS_REDIS_SLOTS_H
#define REXPAND_LOOKUPS_REDIS_SLOTS_H

#include <stddef.h>
#include <stdint.h>

enum { REDIS_SLOTS = 16384 };

/* A command that has no key has this slot. */
#define REDIS_NO_SLOT ((unsigned)REDIS_SLOTS)

/* CRC16 of XMODEM: polynomial 0x1021, begun with 0. */
uint16_t redis_crc16(const char *bytes, size_t length);

/* The slot of a key. If it has a '{' with a '}' behind it and something between
   them, only that decides: keys with the same {tag} share a slot. */
unsigned redis_slot(const char *key, size_t length);

#endif
