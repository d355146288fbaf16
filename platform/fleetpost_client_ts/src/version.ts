/** Which release of the client this is: that of the platform whose API it was made from. */
export const VERSION = "0.1.0";
