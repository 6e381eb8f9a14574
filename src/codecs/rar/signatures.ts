/** What RAR archives begin with, in both of their formats. */

export const RAR4_SIGNATURE = "Rar!\u001a\u0007\u0000";
export const RAR5_SIGNATURE = "Rar!\u001a\u0007\u0001\u0000";
