# embed_text(TARGET OUTPUT.h FILE...) makes a header with one string constant
# for each text file, named after the file: take.lua becomes take_lua.  The
# text stays readable where it lies, and the program needs no file at run time.
function(embed_text target header)
    set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded/${header})
    list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/
         OUTPUT_VARIABLE inputs)
    list(JOIN inputs "|" joined)
    add_custom_command(
        OUTPUT ${output}
        COMMAND ${CMAKE_COMMAND} "-DINPUTS=${joined}" -DOUTPUT=${output}
                -P ${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake
        DEPENDS ${inputs} ${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake
        VERBATIM)
    target_sources(${target} PRIVATE ${output})
    target_include_directories(${target} PRIVATE
        ${CMAKE_CURRENT_BINARY_DIR}/embedded)
endfunction()
