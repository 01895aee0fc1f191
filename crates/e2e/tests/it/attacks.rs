//! Attacks on a real server: what an intruder, a stranger from another account or a curious employee would try
//! (issue 3, "Faults and attacks to test"; field.md §5 nos. 1 to 15 and 22 to 33).

mod bodies;
mod browsers;
mod demotions;
mod guessing;
mod policy_texts;
mod revocation;
mod strangers;
