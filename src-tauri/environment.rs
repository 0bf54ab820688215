//! What WebKit's processes are told through the environment: how to draw, how to compile, how to keep little, when to
//! collect garbage. They are started by this program and take it over.

/// How to draw without a graphics driver, as a variable and its value. The picture is the same.
const SPARING: [(&str, &str); 3] = [
    // Its way of sharing graphics memory costs 80 MB.
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    // Without it nothing is drawn with GL in this program, and these two would load the driver all the same, to ask it
    // something: 20 MB. A device that is named is not looked for.
    ("GDK_GL", "disable"),
    ("WEBKIT_WEB_RENDER_DEVICE_FILE", "/dev/dri/renderD128"),
];

/// How to run WebAssembly, for the sake of right results. WebKit would interpret a function first and compile it
/// meanwhile, and with each that is done a signal interrupts the page; code that it compiled does not outlive a signal at
/// each of its places (WebKitGTK 2.50.6 on x86-64: of 18,000 small programs of safe Rust one computed wrong, and one start
/// of the view in 300 ended in a panic). Compiled when it is called first, and once, no signal comes while it runs.
const COMPILED: [(&str, &str); 3] =
    [("JSC_useWasmIPInt", "false"), ("JSC_useWasmLLInt", "false"), ("JSC_useOMGJIT", "false")];

/// Where one of these is set WebKit may have no compiler, and could do nothing without its interpreter.
const COMPILERS: [&str; 3] = ["JavaScriptCoreUseJIT", "JSC_useJIT", "JSC_useBBQJIT"];

/// How to keep little: the page's process takes a twelfth less.
const FRUGAL: [(&str, &str); 6] = [
    // What JavaScript there is hands over calls and no more. Compilers for it would take 5 MB, and be the first thing that
    // an attack on the page tries.
    ("JSC_useBaselineJIT", "false"),
    ("JSC_useDFGJIT", "false"),
    // WebKit's own allocator keeps more of what was needed once than the system's, which is told to keep little as in
    // `memory`. What it does against a stranger's code is not needed: the page runs none.
    ("Malloc", "1"),
    ("MALLOC_ARENA_MAX", "1"),
    ("MALLOC_MMAP_THRESHOLD_", "131072"),
    ("MALLOC_TRIM_THRESHOLD_", "131072"),
];

/// When to collect garbage: sooner. WebKit would let a page pile up three times what it needs, of 10,000 tiles 118 MB, and
/// the page would stand still for 60 ms while that is swept away. Told so it is 20 MB, and 8 ms.
const COLLECTED: [(&str, &str); 3] = [
    ("JSC_heapGrowthMaxIncrease", "0.5"),
    // The same on a machine with less than 16 GB.
    ("JSC_smallHeapGrowthFactor", "1.5"),
    // So much may come together in any case, in bytes; by itself WebKit takes 32 MB.
    ("JSC_largeHeapSize", "4194304"),
];

/// Puts it into the environment. Who sets the first variable about drawing, or one about compilers, has all of that as the
/// desktop has it; and what is set already stays.
pub(crate) fn prepare() {
    let unset = |variable: &str| std::env::var_os(variable).is_none();
    let spared = SPARING.into_iter().filter(|_| unset(SPARING[0].0));
    let compiled = COMPILED.into_iter().filter(|_| COMPILERS.into_iter().all(unset));
    let wanted: Vec<_> = spared
        .chain(compiled)
        .chain(FRUGAL)
        .chain(COLLECTED)
        .filter(|(variable, _)| unset(variable))
        .collect();
    for (variable, value) in wanted {
        #[expect(
            unsafe_code,
            reason = "no other thread is there yet that could read the environment meanwhile"
        )]
        unsafe {
            std::env::set_var(variable, value);
        }
    }
}
