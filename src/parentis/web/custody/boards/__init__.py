"""The live boards, and what is done for a child there: answers, accommodation, certificates."""
