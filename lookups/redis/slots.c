#include "lookups/redis/slots.h"

#include <string.h>

/* What four bits do to the checksum; two steps a byte, from a table that stays in
   one cache line. */
static const uint16_t nibbles[16] = {
    0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7,
    0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef,
};

static uint16_t add_nibble(uint16_t crc, unsigned nibble)
{
    return (uint16_t)((uint16_t)(crc << 4) ^ nibbles[(crc >> 12) ^ nibble]);
}

uint16_t redis_crc16(const char *bytes, size_t length)
{
    uint16_t crc = 0;

    for (size_t i = 0; i < length; i++) {
        unsigned byte = (unsigned char)bytes[i];
        crc = add_nibble(crc, byte >> 4);
        crc = add_nibble(crc, byte & 15);
    }
    return crc;
}

unsigned redis_slot(const char *key, size_t length)
{
    const char *open = length == 0 ? NULL : memchr(key, '{', length);

    if (open != NULL) {
        size_t behind = length - (size_t)(open + 1 - key);
        const char *close = memchr(open + 1, '}', behind);
        if (close != NULL && close > open + 1) {
            key = open + 1;
            length = (size_t)(close - key);
        }
    }
    return redis_crc16(key, length) % REDIS_SLOTS;
}
