/// What is left of a directory when the power goes: a library that writes down what a process does to its
/// files, and a model of which of it a disk may have kept.
@NullMarked
package io.trivet.lab.durability.power;

import org.jspecify.annotations.NullMarked;
