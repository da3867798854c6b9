#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| jit_approvals_tests::fuzz::json(input));
