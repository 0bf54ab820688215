//! A simulated office that speaks AMI on a socket, for trying and training.
