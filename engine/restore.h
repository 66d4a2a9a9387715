#pragma once

/* `facewire-engine restore FOLDER [--replace]`: puts a backup in place, where
 * no engine is at work.  Gives the exit status. */
int restore_main(int argc, char **argv);
