"""The live boards, and the actions taken for a child there: answers, accommodation, certificates."""
