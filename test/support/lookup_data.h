/* Files that the tables of cases of the file-based lookups are about. */

#ifndef REXPAND_TEST_LOOKUP_DATA_H
#define REXPAND_TEST_LOOKUP_DATA_H

/* Writes them all into a folder that is there, readable for everybody. Databases only
   of drivers that are in this build. */
void lookup_data_make(const char *folder);

#endif
