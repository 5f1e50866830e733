/// The composition root: it alone joins the rooms to a server.
@NullMarked
package io.trivet.server;

import org.jspecify.annotations.NullMarked;
