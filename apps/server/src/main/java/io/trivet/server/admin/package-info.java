/// Administration: the devices, and the running server, through a socket that only its owner may open.
@NullMarked
package io.trivet.server.admin;

import org.jspecify.annotations.NullMarked;
