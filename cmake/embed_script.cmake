# Writes OUTPUT, a header with a string constant for each file of INPUTS
# (paths joined by a bar).
string(REPLACE "|" ";" INPUTS "${INPUTS}")
set(text "#pragma once\n")
foreach(input IN LISTS INPUTS)
    get_filename_component(name ${input} NAME)
    string(MAKE_C_IDENTIFIER ${name} name)
    file(READ ${input} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" [['\\x\1',]] bytes "${hex}")
    string(APPEND text "\nstatic const char ${name}[] = {\n${bytes}0};\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
