# Read by cpack before it begins with a package: what is missing is said here, as CPack goes on without
# dpkg-shlibdeps, and then makes a package that depends on nothing.
cmake_policy(VERSION 3.25)
if(CPACK_GENERATOR STREQUAL "DEB")
  foreach(tool file dpkg-shlibdeps)
    find_program(PGREC_TOOL_${tool} ${tool})
    if(NOT PGREC_TOOL_${tool})
      message(FATAL_ERROR "${tool} is missing, and a package for Debian needs it: install it, on Debian with: "
                          "apt-get install dpkg-dev file; elsewhere make the tar file only: cpack -G TGZ")
    endif()
  endforeach()
endif()
