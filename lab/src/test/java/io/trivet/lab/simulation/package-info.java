/// Clients and server together under a seed: what must hold whatever happens to the connections between them.
@NullMarked
package io.trivet.lab.simulation;

import org.jspecify.annotations.NullMarked;
