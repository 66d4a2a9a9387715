#pragma once

/* `facewire-engine backup FOLDER`: keeps what an engine has, in a new folder,
 * also while it works.  Gives the exit status. */
int backup_main(int argc, char **argv);
