//! The live model of the office: AMI events in, facts out; commands in, AMI actions out.
