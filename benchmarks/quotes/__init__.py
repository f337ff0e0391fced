"""Whether right quotes of real documents are accepted, and wrong ones are not."""
